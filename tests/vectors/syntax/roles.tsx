const Page = ({ title, list }: Props) => <Layout head={title} {...REST}>{list.map((item) => <Row key={item.id} />)}<p>{FOOT}</p></Layout>;
