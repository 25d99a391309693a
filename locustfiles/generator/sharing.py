"""Which part of an open load is this process's."""

from dataclasses import dataclass


@dataclass(slots=True)
class Share:
    """The *index*-th of *count* processes; told by the master, and told anew when one joins or is lost."""

    index: int = 0
    count: int = 1
    rate: float = 0.0
    """Requests a second of all processes, where a search sets it."""
    is_draining: bool = False
    """Nothing more is sent; what is in flight may come home."""

    def take(self, said: dict[str, float | bool]) -> None:
        """Take over what the master says."""
        self.index, self.count = int(said["index"]), int(said["count"])
        self.rate, self.is_draining = float(said["rate"]), bool(said["is_draining"])
