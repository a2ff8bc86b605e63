-- Tables of resilience-spring-boot-starter. Times are milliseconds since 1970-01-01 00:00 UTC by the database's clock.

-- Idempotency ---------------------------------------------------------------------------------------------------

-- One row for each call that has been made, or is being made. id: SHA-256 of operation, principal and key.
-- state: 0 running under a lease, 1 done, 2 done and the reply was too large to keep, 3 given back after a failure.
-- purge_at: when the reply, later the row, may go.
CREATE TABLE IF NOT EXISTS resilience_idempotency (
	id BINARY(32) NOT NULL PRIMARY KEY,
	fingerprint BINARY(32) NOT NULL,
	state SMALLINT NOT NULL,
	owner BIGINT NOT NULL,
	token BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	reply_until BIGINT NOT NULL,
	forget_at BIGINT NOT NULL,
	purge_at BIGINT NOT NULL,
	reply LONGBLOB,
	INDEX resilience_idempotency_purge (purge_at)
) ENGINE = InnoDB;

-- Outbox --------------------------------------------------------------------------------------------------------

-- Insert and delete only: the primary key is the order of delivery; AUTO_INCREMENT wants an index of its own.
CREATE TABLE IF NOT EXISTS resilience_outbox (
	shard INT NOT NULL,
	id BIGINT NOT NULL AUTO_INCREMENT,
	message_id CHAR(36) NOT NULL,
	type VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	msg_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	headers LONGTEXT CHARACTER SET utf8mb4,
	payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
	delay_ms BIGINT NOT NULL,
	claim BIGINT NOT NULL,
	published_at BIGINT NOT NULL,
	PRIMARY KEY (shard, id),
	KEY resilience_outbox_id (id)
) ENGINE = InnoDB;

-- Messages that wait for a time: delayed, or to be tried again. One with a held_key holds back that key's successors.
CREATE TABLE IF NOT EXISTS resilience_outbox_later (
	shard INT NOT NULL,
	id BIGINT NOT NULL,
	message_id CHAR(36) NOT NULL,
	type VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	msg_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	held_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	headers LONGTEXT CHARACTER SET utf8mb4,
	payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
	published_at BIGINT NOT NULL,
	due BIGINT NOT NULL,
	attempts INT NOT NULL,
	crashes INT NOT NULL,
	ambiguous BOOLEAN NOT NULL,
	last_error VARCHAR(2000) CHARACTER SET utf8mb4,
	PRIMARY KEY (shard, id),
	KEY resilience_outbox_later_due (due),
	KEY resilience_outbox_later_key (shard, held_key, id)
) ENGINE = InnoDB;

-- Messages that were given up, until an operator redelivers or discards them.
CREATE TABLE IF NOT EXISTS resilience_outbox_dead (
	shard INT NOT NULL,
	id BIGINT NOT NULL,
	message_id CHAR(36) NOT NULL,
	type VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	msg_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	headers LONGTEXT CHARACTER SET utf8mb4,
	payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
	published_at BIGINT NOT NULL,
	handler VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	attempts INT NOT NULL,
	last_error VARCHAR(2000) CHARACTER SET utf8mb4,
	dead_at BIGINT NOT NULL,
	PRIMARY KEY (shard, id),
	KEY resilience_outbox_dead_message (message_id),
	KEY resilience_outbox_dead_at (dead_at)
) ENGINE = InnoDB;

-- Who delivers which shard, and which messages may be under way. Every change of hands raises the epoch.
CREATE TABLE IF NOT EXISTS resilience_outbox_lease (
	shard INT NOT NULL PRIMARY KEY,
	owner VARCHAR(64),
	epoch BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	crash_epoch BIGINT NOT NULL,
	in_flight LONGTEXT CHARACTER SET utf8mb4
) ENGINE = InnoDB;

-- Which instances are there to share the shards.
CREATE TABLE IF NOT EXISTS resilience_outbox_member (
	owner VARCHAR(64) NOT NULL PRIMARY KEY,
	has_session BOOLEAN NOT NULL,
	expires_at BIGINT NOT NULL
) ENGINE = InnoDB;

-- Rows that transactions lock in turn when they publish to the same key, with resilience.outbox.order=strict only.
CREATE TABLE IF NOT EXISTS resilience_outbox_order (
	id INT NOT NULL PRIMARY KEY
) ENGINE = InnoDB;

-- For Debezium's outbox event router: each row is deleted by the transaction that inserts it, so the table is empty.
CREATE TABLE IF NOT EXISTS resilience_outbox_event (
	id CHAR(36) NOT NULL PRIMARY KEY,
	aggregatetype VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
	aggregateid VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
	type VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
	payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
	headers LONGTEXT CHARACTER SET utf8mb4
) ENGINE = InnoDB;

-- Throttle, scope CLUSTER ---------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS resilience_throttle (
	id CHAR(64) NOT NULL PRIMARY KEY,
	state VARBINARY(2000),
	expires_at BIGINT NOT NULL,
	INDEX resilience_throttle_expires (expires_at)
) CHARACTER SET ascii;
