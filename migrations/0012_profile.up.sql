-- What a customer tells of themselves beside the birthday, the walk through those
-- questions, and one birthday gift a year for one phone.
-- name is what they want to be called ('': what the messenger says). phone is E.164;
-- phone_hash is a keyed hash of it and may outlive it. phone_shared: another customer
-- gave the same phone. gift_withheld: the last year whose gift somebody with the same
-- phone has had.
ALTER TABLE customer
    ADD COLUMN name VARCHAR(64) NOT NULL DEFAULT '',
    ADD COLUMN phone VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN phone_hash BINARY(32) NULL,
    ADD COLUMN phone_at DATETIME(6) NULL,
    ADD COLUMN phone_shared TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN gift_withheld SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN profile_step TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN profile_alone TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN profile_keys TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN profile_at DATETIME(6) NULL,
    ADD KEY ix_customer_phone (phone_hash, id),
    ADD CONSTRAINT ck_customer_phone CHECK (phone IS NULL OR phone_hash IS NOT NULL),
    ADD CONSTRAINT ck_customer_step CHECK (profile_step BETWEEN 0 AND 3);

-- Whose phone has had the gift of which year; holds no phone, and outlives one that was
-- taken away.
CREATE TABLE gift_phone (
    phone_hash BINARY(32) NOT NULL,
    year SMALLINT NOT NULL,
    customer_id BIGINT NOT NULL,
    PRIMARY KEY (phone_hash, year),
    KEY ix_gift_phone_customer (customer_id),
    CONSTRAINT fk_gift_phone_customer FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
