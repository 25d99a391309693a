"""Load: a profile run by locust, measured, judged and held against SLOs."""
