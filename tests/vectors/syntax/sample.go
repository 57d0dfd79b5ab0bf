package server

import (
	"fmt"
	other "net/http"
)

const Limit = 10

const (
	First = iota
	Second
)

var table, index = map[string]int{}, 0

type Handler interface {
	Serve(w Writer) error
}

type Server[T any] struct {
	Name string
	next *Server[T]
}

type Count int
type Short = Count

func New(name string) *Server[int] {
	local := 1
	index = local
	return &Server[int]{Name: name}
}

func (s *Server[T]) Serve(w Writer) error {
	fmt.Println(s.Name)
	s.Name = "x"
	go func() { helper() }()
	return nil
}
