use std::collections::{HashMap, HashSet as Set};

mod inner;

pub const LIMIT: usize = 10;
static mut COUNTER: u32 = 0;

#[derive(Debug)]
pub struct Node<'a, T> {
    name: &'a str,
    pub next: Option<Box<T>>,
}

pub enum Mode {
    Fast,
    Slow(u8),
}

pub trait Shape {
    type Unit;
    fn area(&self) -> f64;
    fn name(&self) -> String { String::new() }
}

impl<'a, T> Shape for Node<'a, T> {
    type Unit = u8;
    fn area(&self) -> f64 {
        let local = helper(self.name);
        println!("{}", local);
        self.next = None;
        local.compute::<u8>()
    }
}

type Alias = HashMap<String, u8>;

macro_rules! square {
    ($x:expr) => { $x * $x };
}

fn helper(s: &str) -> Thing {
    let f = |x| x + 1;
    Thing::new(f(1))
}
