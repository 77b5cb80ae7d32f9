-- Shops, the people who work in them, and who changed what.
-- Times are DATETIME(6) UTC. Small numbers stand for the enums of the headers in core/.

CREATE TABLE store (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    city VARCHAR(64) NOT NULL DEFAULT '',
    address VARCHAR(255) NOT NULL DEFAULT '',
    hours VARCHAR(255) NOT NULL DEFAULT '',
    tz VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    closed_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_store_name (name),
    CONSTRAINT ck_store_name CHECK (name <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE staff (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    channel TINYINT NOT NULL,
    external_id BIGINT NOT NULL,
    name VARCHAR(64) NOT NULL,
    language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ru',
    role TINYINT NOT NULL,
    dismissed_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_staff_identity (channel, external_id),
    KEY ix_staff_role (role, dismissed_at),
    CONSTRAINT ck_staff_role CHECK (role >= 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE staff_store (
    staff_id BIGINT NOT NULL,
    store_id BIGINT NOT NULL,
    PRIMARY KEY (staff_id, store_id),
    KEY ix_staff_store (store_id),
    CONSTRAINT fk_staff_store_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT fk_staff_store_store FOREIGN KEY (store_id) REFERENCES store (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A link for one person and one day; of the token only its SHA-256.
CREATE TABLE invite (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    token_hash BINARY(32) NOT NULL,
    role TINYINT NOT NULL,
    store_id BIGINT NULL,
    made_by BIGINT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at DATETIME(6) NULL,
    used_by BIGINT NULL,
    UNIQUE KEY uq_invite_token (token_hash),
    KEY ix_invite_store (store_id),
    KEY ix_invite_by (made_by),
    KEY ix_invite_used (used_by),
    CONSTRAINT fk_invite_store FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT fk_invite_by FOREIGN KEY (made_by) REFERENCES staff (id),
    CONSTRAINT fk_invite_used FOREIGN KEY (used_by) REFERENCES staff (id),
    CONSTRAINT ck_invite_used CHECK (used_at IS NOT NULL OR used_by IS NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One open shift a person: open_one is their id while it is open, else NULL.
CREATE TABLE shift (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    store_id BIGINT NOT NULL,
    opened_at DATETIME(6) NOT NULL,
    closed_at DATETIME(6) NULL,
    receipts INT NOT NULL DEFAULT 0,
    open_one BIGINT GENERATED ALWAYS AS
        (CASE WHEN closed_at IS NULL THEN staff_id END) STORED,
    UNIQUE KEY uq_shift_open (open_one),
    KEY ix_shift_staff (staff_id, opened_at),
    KEY ix_shift_store (store_id, opened_at),
    CONSTRAINT fk_shift_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT fk_shift_store FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT ck_shift_time CHECK (closed_at IS NULL OR closed_at >= opened_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Ids, names of fields and keyed hashes; never a value.
CREATE TABLE audit (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(6) NOT NULL,
    actor TINYINT NOT NULL,
    actor_id BIGINT NOT NULL DEFAULT 0,
    action VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    entity_id BIGINT NOT NULL,
    fields VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    KEY ix_audit_entity (entity_id, action)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit_key (
    id TINYINT NOT NULL PRIMARY KEY,
    secret BINARY(32) NOT NULL,
    CONSTRAINT ck_audit_key CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Blocks of the audit, each hashed with the hash before it. Blocks touch: from_id is the
-- to_id of the block before, plus nothing skipped that was there when it was sealed.
CREATE TABLE audit_seal (
    id BIGINT NOT NULL PRIMARY KEY,
    from_id BIGINT NOT NULL,
    to_id BIGINT NOT NULL,
    n INT NOT NULL,
    hash BINARY(32) NOT NULL,
    sealed_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_audit_seal_to (to_id),
    CONSTRAINT ck_audit_seal CHECK (from_id <= to_id AND n >= 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
