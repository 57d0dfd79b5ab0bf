require_relative "base/store"
autoload :Late, "late"

TABLE = { key: LIMIT }

class Reader < Store::Base
  include Walk

  def read(name, *rest, size: DEFAULT, **more, &block)
    @depth += size + limit
    lines = open(name) { |file| file.lines }
    lines.each do |line|
      take line, TABLE[line]
    end
    self.state = rest.first || more
    helper
    $count = Kind::OPEN
  rescue Broken => broken
    report(broken, &block)
  end
end
