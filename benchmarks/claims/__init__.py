"""What is published about zero initialization, put to the test: ``python -m benchmarks.claims``."""
