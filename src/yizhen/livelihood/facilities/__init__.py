"""Public facilities: built well is their capacity, used well their use against it."""
