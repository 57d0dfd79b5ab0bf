#!/usr/bin/env python3
"""Doc."""
import os.path
from collections import OrderedDict, deque as dq

VERSION = "1"
first, second = 1, 2


@decorate
class Shape(Base, metaclass=Meta):
    sides: int = 0

    def __init__(self, name: str) -> None:
        self.name = name
        local = helper(name)

    @property
    def area(self):
        def nested(x):
            return x
        return nested(self.sides)


async def main(*args, **kwargs):
    shape = Shape("x")
    print(f"{shape.name}: {VERSION}")
    shape.sides += 1


if __name__ == "__main__":
    main()
