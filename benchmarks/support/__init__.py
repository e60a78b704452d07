"""What the benchmarks share: measuring in a process of its own, and files of made requests."""
