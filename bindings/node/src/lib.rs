//! Countersign for Node.
