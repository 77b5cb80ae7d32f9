-- Customers, their consents, their discounts, and the redemptions that spend them.
-- What makes a second redemption impossible is here, not in a program:
--   uq_redemption_live   a use slot is spent at most once
--   ck_redemption_slot   no slot beyond the limit
--   fk_redemption_pin    the limit and the holder are those of the discount's row
--   uq_redemption_op     one press, one redemption
--   ck_discount_uses     the count never passes the limit
--   uq_discount_issue    a discount is issued once

CREATE TABLE customer (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    channel TINYINT NOT NULL,
    external_id BIGINT NULL,
    first_name VARCHAR(64) NOT NULL DEFAULT '',
    last_name VARCHAR(64) NOT NULL DEFAULT '',
    username VARCHAR(64) NOT NULL DEFAULT '',
    language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ru',
    source VARCHAR(40) NOT NULL DEFAULT '',
    status TINYINT NOT NULL DEFAULT 1,
    reach_update_id BIGINT NOT NULL DEFAULT 0,
    subscribed TINYINT NOT NULL DEFAULT 0,
    subscribed_at DATETIME(6) NULL,
    pd_ok TINYINT NOT NULL DEFAULT 0,
    pd_update_id BIGINT NOT NULL DEFAULT 0,
    marketing_ok TINYINT NOT NULL DEFAULT 0,
    marketing_update_id BIGINT NOT NULL DEFAULT 0,
    birth_date DATE NULL,
    birth_md SMALLINT GENERATED ALWAYS AS
        (MONTH(birth_date) * 100 + DAY(birth_date)) STORED,
    birth_set_at DATETIME(6) NULL,
    birth_changed_at DATETIME(6) NULL,
    last_seen_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_customer_identity (channel, external_id),
    KEY ix_customer_birth (birth_md, id),
    KEY ix_customer_reach (status, marketing_ok, id),
    KEY ix_customer_created (created_at, id),
    CONSTRAINT ck_customer_status CHECK (status BETWEEN 1 AND 3),
    CONSTRAINT ck_customer_identity CHECK (external_id IS NOT NULL OR status = 3),
    CONSTRAINT ck_customer_marketing CHECK (marketing_ok = 0 OR pd_ok = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE consent_text (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    purpose TINYINT NOT NULL,
    language CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    body TEXT NOT NULL,
    body_sha256 BINARY(32) NOT NULL,
    published_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_consent_text (purpose, language, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Evidence: rows are added, never changed.
CREATE TABLE consent (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    purpose TINYINT NOT NULL,
    granted TINYINT NOT NULL,
    text_id BIGINT NULL,
    update_id BIGINT NULL,
    via TINYINT NOT NULL,
    at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_consent_update (customer_id, purpose, update_id),
    KEY ix_consent_text (text_id),
    CONSTRAINT fk_consent_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT fk_consent_text FOREIGN KEY (text_id) REFERENCES consent_text (id),
    CONSTRAINT ck_consent_text CHECK (granted = 0 OR text_id IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE discount (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    source TINYINT NOT NULL,
    issue_key VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    percent_bp INT NOT NULL,
    code CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    token CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    valid_from DATETIME(6) NOT NULL,
    valid_until DATETIME(6) NOT NULL,
    uses_allowed SMALLINT NOT NULL DEFAULT 1,
    uses_count SMALLINT NOT NULL DEFAULT 0,
    status TINYINT NOT NULL DEFAULT 1,
    hold_token VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NULL,
    hold_staff_id BIGINT NULL,
    hold_until DATETIME(6) NULL,
    confirm_until DATETIME(6) NULL,
    issued_by BIGINT NULL,
    reason VARCHAR(255) NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_discount_issue (issue_key),
    UNIQUE KEY uq_discount_code (code),
    UNIQUE KEY uq_discount_token (token),
    UNIQUE KEY uq_discount_hold (hold_token),
    UNIQUE KEY uq_discount_pin (id, customer_id, uses_allowed),
    KEY ix_discount_customer (customer_id, status, valid_until),
    KEY ix_discount_expiry (status, valid_until),
    KEY ix_discount_by (issued_by),
    CONSTRAINT fk_discount_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT fk_discount_by FOREIGN KEY (issued_by) REFERENCES staff (id),
    CONSTRAINT ck_discount_uses
        CHECK (uses_allowed >= 1 AND uses_count >= 0 AND uses_count <= uses_allowed),
    CONSTRAINT ck_discount_time CHECK (valid_from < valid_until),
    CONSTRAINT ck_discount_percent CHECK (percent_bp BETWEEN 1 AND 10000),
    CONSTRAINT ck_discount_status CHECK (status BETWEEN 1 AND 4)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE redemption (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    discount_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    uses_allowed SMALLINT NOT NULL,
    use_no SMALLINT NOT NULL,
    op_key VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    staff_id BIGINT NOT NULL,
    store_id BIGINT NOT NULL,
    shift_id BIGINT NOT NULL,
    receipt_no INT NOT NULL,
    amount BIGINT NULL,
    discount_amount BIGINT NULL,
    redeemed_at DATETIME(6) NOT NULL,
    voided_at DATETIME(6) NULL,
    voided_by BIGINT NULL,
    void_reason TINYINT NULL,
    void_note VARCHAR(200) NULL,
    live_use_no SMALLINT GENERATED ALWAYS AS
        (CASE WHEN voided_at IS NULL THEN use_no END) STORED,
    UNIQUE KEY uq_redemption_op (op_key),
    UNIQUE KEY uq_redemption_live (discount_id, live_use_no),
    UNIQUE KEY uq_redemption_receipt (shift_id, receipt_no),
    KEY ix_redemption_pin (discount_id, customer_id, uses_allowed),
    KEY ix_redemption_customer (customer_id, redeemed_at),
    KEY ix_redemption_staff (staff_id, redeemed_at),
    KEY ix_redemption_store (store_id, redeemed_at),
    KEY ix_redemption_voider (voided_by),
    CONSTRAINT fk_redemption_pin FOREIGN KEY (discount_id, customer_id, uses_allowed)
        REFERENCES discount (id, customer_id, uses_allowed),
    CONSTRAINT fk_redemption_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT fk_redemption_store FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT fk_redemption_shift FOREIGN KEY (shift_id) REFERENCES shift (id),
    CONSTRAINT fk_redemption_voider FOREIGN KEY (voided_by) REFERENCES staff (id),
    CONSTRAINT ck_redemption_slot CHECK (use_no >= 1 AND use_no <= uses_allowed),
    CONSTRAINT ck_redemption_amount CHECK (
        (amount IS NULL AND discount_amount IS NULL)
        OR (amount >= 0 AND discount_amount >= 0 AND discount_amount <= amount)),
    CONSTRAINT ck_redemption_void CHECK (
        (voided_at IS NULL AND voided_by IS NULL AND void_reason IS NULL)
        OR (voided_at >= redeemed_at AND voided_by IS NOT NULL
            AND void_reason IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Every check at a till, good or bad. No foreign keys: it is a log, kept for a while.
CREATE TABLE redemption_attempt (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(6) NOT NULL,
    staff_id BIGINT NOT NULL,
    store_id BIGINT NULL,
    code_seen VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NULL,
    discount_id BIGINT NULL,
    verdict TINYINT NOT NULL,
    nonce VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin NULL,
    KEY ix_redemption_attempt_staff (staff_id, verdict, at),
    KEY ix_redemption_attempt_nonce (nonce),
    KEY ix_redemption_attempt_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
