-- Shared phones, PINs, requests for access, training, and shifts that close by themselves.

-- A phone several people share. Its account is nobody until a person enters.
CREATE TABLE till (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    channel TINYINT NOT NULL,
    external_id BIGINT NOT NULL,
    store_id BIGINT NOT NULL,
    held_by BIGINT NULL,
    held_since DATETIME(6) NULL,
    made_by BIGINT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_till_identity (channel, external_id),
    KEY ix_till_store (store_id),
    KEY ix_till_held (held_by),
    KEY ix_till_made (made_by),
    CONSTRAINT fk_till_store FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT fk_till_held FOREIGN KEY (held_by) REFERENCES staff (id),
    CONSTRAINT fk_till_made FOREIGN KEY (made_by) REFERENCES staff (id),
    CONSTRAINT ck_till_held CHECK ((held_by IS NULL) = (held_since IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- once: given by a manager, must be changed at its first use, and not after expires_at.
CREATE TABLE staff_pin (
    staff_id BIGINT NOT NULL PRIMARY KEY,
    hash VARCHAR(72) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    once TINYINT NOT NULL DEFAULT 0,
    expires_at DATETIME(6) NULL,
    wrong INT NOT NULL DEFAULT 0,
    wrong_since DATETIME(6) NULL,
    locked_until DATETIME(6) NULL,
    set_at DATETIME(6) NOT NULL,
    CONSTRAINT fk_staff_pin_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT ck_staff_pin_once CHECK (once = 0 OR expires_at IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Somebody asks to work here. One open a person: open_one is their id while it is open.
CREATE TABLE access_request (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    channel TINYINT NOT NULL,
    external_id BIGINT NOT NULL,
    name VARCHAR(64) NOT NULL,
    username VARCHAR(64) NOT NULL DEFAULT '',
    language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ru',
    state TINYINT NOT NULL DEFAULT 1,
    asked_at DATETIME(6) NOT NULL,
    decided_at DATETIME(6) NULL,
    decided_by BIGINT NULL,
    open_one BIGINT GENERATED ALWAYS AS
        (CASE WHEN state = 1 THEN external_id END) STORED,
    UNIQUE KEY uq_access_open (channel, open_one),
    KEY ix_access_person (channel, external_id, asked_at),
    KEY ix_access_asked (asked_at),
    KEY ix_access_by (decided_by),
    CONSTRAINT fk_access_by FOREIGN KEY (decided_by) REFERENCES staff (id),
    CONSTRAINT ck_access_state CHECK (state BETWEEN 1 AND 4)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Redemptions that do not count: no discount is spent, no report knows them.
CREATE TABLE training_redemption (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    op_key VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    discount_id BIGINT NOT NULL,
    staff_id BIGINT NOT NULL,
    store_id BIGINT NOT NULL,
    shift_id BIGINT NOT NULL,
    receipt_no INT NOT NULL,
    amount BIGINT NULL,
    discount_amount BIGINT NULL,
    redeemed_at DATETIME(6) NOT NULL,
    voided_at DATETIME(6) NULL,
    UNIQUE KEY uq_training_op (op_key),
    UNIQUE KEY uq_training_receipt (shift_id, receipt_no),
    KEY ix_training_discount (discount_id),
    KEY ix_training_staff (staff_id),
    KEY ix_training_store (store_id),
    CONSTRAINT fk_training_discount FOREIGN KEY (discount_id) REFERENCES discount (id),
    CONSTRAINT fk_training_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT fk_training_store FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT fk_training_shift FOREIGN KEY (shift_id) REFERENCES shift (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE store
    ADD COLUMN training TINYINT NOT NULL DEFAULT 0;

-- Whom nobody closed, the clock did: auto_closed. till_discount is what the till itself
-- says it took off, kopecks.
ALTER TABLE shift
    ADD COLUMN auto_closed TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN till_discount BIGINT NULL,
    ADD COLUMN till_at DATETIME(6) NULL;

ALTER TABLE invite ADD COLUMN till TINYINT NOT NULL DEFAULT 0;
