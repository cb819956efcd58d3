//! Countersign for Python.
