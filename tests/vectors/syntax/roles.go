package store

import "path/filepath"

type Base struct{ sync.Mutex; *Inner; List[int]; count int }

func (b *Base) Walk(root string, names ...string) (err error) {
	for i, name := range names {
		b.count += i + limit
		b.Inner.Total++
		table[name] = Entry{Name: name, Size: limits.Max}
	}
	switch v := root.(type) {
	case Kind:
		run(v, &shared, handler)
	}
	if x, ok := table[root]; ok {
		err = filepath.Walk(x.Name, b.visit)
	}
	const local = 3
	return wrap(err, local)
}
