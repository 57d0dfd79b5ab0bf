import os.path as where
from store import Box as Crate, LIMIT

TABLE = {LIMIT: Crate}


class Reader(Crate):
    depth = LIMIT

    def read(self, name, *rest, size=LIMIT, **more):
        global COUNT
        COUNT = COUNT + size
        self.depth += self.width
        with open(name) as file, self.lock:
            for line in file:
                self.take(line.text, end=TABLE)
        return [x for x in self.items if x.ok] + [rest, more]


def judge(value: Reader) -> Box:
    match value:
        case Box(width=1):
            return where.join(value.name)
        case STATES.OPEN:
            raise Failure from value
    try:
        pass
    except (IOError, store.Error) as error:
        print(f"{error} {TABLE}")
    return lambda a: a + OFFSET
