"""Floor 1, the filtering core: arrays in, frozen results out; no files, no clock, no network."""
