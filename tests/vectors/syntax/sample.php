<html><?php
namespace App\Model;

use Vendor\Package\Thing;

const LIMIT = 10;

interface HasName { public function name(): string; }

trait Logs { protected $log = []; }

abstract class User extends Base implements HasName
{
	use Logs;
	const TABLE = 'users';
	private ?string $email = null;

	public function __construct(private int $id) { parent::__construct(); }

	public function name(): string
	{
		$local = helper($this->email);
		$this->email = "x {$local}";
		return Thing::make($local)->render();
	}
}

enum Suit: string { case Hearts = 'H'; case Spades = 'S'; }

function helper($x) { return new User($x); }
?></html>
