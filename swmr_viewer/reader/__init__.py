"""The process that owns HDF5, its messages, the shared-memory slots and the supervisor."""
