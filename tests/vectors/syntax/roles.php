<?php
use Vendor\Tool\{Box, Lid as Cover};
require_once 'lib/base.php';
define('LIMIT', 10);
$total = LIMIT + $start;

class Reader
{
	public function __construct(private Store $store, int $plain = Store::MAX) { $this->depth = $plain; }

	public function read($name, ...$rest)
	{
		global $total;
		foreach ($rest as $key => $value) { $this->items[$key] = $value->size + $total + OFFSET; }
		try { self::$count++; } catch (Broken $broken) { report($broken->code, end: HIGH); }
		$run = fn($x) => $x * FACTOR;
		return $name instanceof Box ? new Cover(Kind::class) : $this->store?->next($run);
	}
}
