"""What the tests of the outbox share: a server, the conformance script, a storm."""
