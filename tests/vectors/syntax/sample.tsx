type Props = { name: string };

export function Panel(props: Props) {
	const size = measure(props.name);
	return <div className="x" onClick={() => click(size)}>{props.name}</div>;
}
