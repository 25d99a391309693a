"""Recordings, whoever wrote them: files in, exchanges out."""

from cozecheck.recordings.reading import files, read
from cozecheck.recordings.recording import Recording

__all__ = ["Recording", "files", "read"]
