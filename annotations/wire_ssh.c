#include "annotations/wire_ssh.h"

int
ssh_put_u32(struct buf *out, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
		(uint8_t)value };

	return buf_add(out, bytes, sizeof bytes);
}

int
ssh_put_string(struct buf *out, struct str s)
{
	if (s.len > UINT32_MAX)
		return err_set(ERR_MEMORY, "string too long");
	int r = ssh_put_u32(out, (uint32_t)s.len);
	return r < 0 ? r : buf_str(out, s);
}

static const uint8_t *
take(struct ssh_reader *in, size_t len)
{
	if (in->bad || in->rest.len < len) {
		in->bad = true;
		return NULL;
	}
	const uint8_t *at = (const uint8_t *)in->rest.data;
	in->rest.data += len;
	in->rest.len -= len;
	return at;
}

uint8_t
ssh_byte(struct ssh_reader *in)
{
	const uint8_t *at = take(in, 1);

	return at ? *at : 0;
}

uint32_t
ssh_u32(struct ssh_reader *in)
{
	const uint8_t *at = take(in, 4);

	return at ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3] : 0;
}

struct str
ssh_string(struct ssh_reader *in)
{
	uint32_t len = ssh_u32(in);
	const uint8_t *at = take(in, len);

	return at ? (struct str){ (const char *)at, len } : STR("");
}

bool
ssh_end(const struct ssh_reader *in)
{
	return !in->bad && in->rest.len == 0;
}
