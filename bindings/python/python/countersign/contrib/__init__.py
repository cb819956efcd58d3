"""Countersign in the frameworks that shops are written in. Nothing here is imported unless it is asked for."""
