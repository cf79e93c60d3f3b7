// For the target that collects the flags.
