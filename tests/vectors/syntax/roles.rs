use crate::store::{self, Box as Crate};

fn walk<T: Shape>(root: &Tree, Point { x, y: up }: Point, limit: usize) -> Result<(), Error> {
    let (first, mut second) = root.split(limit, x, up);
    second.count += LIMIT;
    for each in first.iter().map(|e| e.size + OFFSET) {
        if let Some(value) = TABLE.get(&each) {
            run(&mut SHARED, value, handler);
        }
    }
    match second.kind {
        Kind::Open | CLOSED => assert_eq!(check(root, WANTED), self.state),
        Kind::Half(rest) if rest > LEVEL => {}
        other => store::keep(Entry { name: other, second }),
    }
    'outer: loop { break 'outer; }
    Ok(())
}
