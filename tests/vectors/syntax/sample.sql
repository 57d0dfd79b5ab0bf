-- users
CREATE TABLE app.users (id INT PRIMARY KEY, name TEXT NOT NULL, boss INT REFERENCES users(id));
CREATE INDEX users_name ON users (name);
CREATE VIEW active AS SELECT u.id, count(*) AS n FROM users u JOIN orders o ON o.user_id = u.id WHERE u.name = 'x' GROUP BY u.id;
CREATE FUNCTION add_one(i integer) RETURNS integer AS $$ SELECT i + 1; $$ LANGUAGE SQL;
INSERT INTO users (id, name) VALUES (1, lower('A'));
UPDATE users SET name = 'b' WHERE id = 2;
WITH recent AS (SELECT id FROM orders) DELETE FROM orders WHERE id IN (SELECT id FROM recent);
CREATE TYPE mood AS ENUM ('sad', 'ok');
