-- Broadcasts: core/broadcast/broadcast.h draws their states, recipient.h those of each
-- person they go to.

CREATE TABLE broadcast (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    purpose TINYINT NOT NULL,
    state TINYINT NOT NULL,
    segment_id BIGINT NULL,
    rule LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL
        COMMENT 'a rule of its own; from the start on what it was frozen to',
    frozen_at DATETIME(6) NULL COMMENT 'the instant its rule is asked for',
    start_at DATETIME(6) NULL,
    not_after DATETIME(6) NULL,
    started_at DATETIME(6) NULL,
    filled_at DATETIME(6) NULL COMMENT 'all its recipients are there',
    finished_at DATETIME(6) NULL,
    paused_why TINYINT NOT NULL DEFAULT 0,
    fill_at BIGINT NOT NULL DEFAULT 0 COMMENT 'the last customer who was looked at',
    fill_upto BIGINT NOT NULL DEFAULT 0 COMMENT 'the last one there was at the start',
    holdout_bp SMALLINT NOT NULL DEFAULT 0,
    test_bp SMALLINT NOT NULL DEFAULT 0 COMMENT 'who gets the variants before one has won; 0: all',
    metric TINYINT NOT NULL DEFAULT 0,
    decide_at DATETIME(6) NULL,
    winner TINYINT NULL,
    quiet TINYINT NOT NULL DEFAULT 1,
    cap TINYINT NOT NULL DEFAULT 1,
    paid TINYINT NOT NULL DEFAULT 0,
    rate_per_s SMALLINT NOT NULL DEFAULT 0 COMMENT '0: what the bot may',
    offer TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL
        COMMENT 'a discount of its own for each',
    footer VARCHAR(300) NOT NULL DEFAULT '',
    approved_by BIGINT NULL,
    approved_at DATETIME(6) NULL,
    version BIGINT NOT NULL DEFAULT 1,
    made_by BIGINT NULL,
    changed_by BIGINT NULL COMMENT 'the last one: approves it no more than who made it',
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY ix_broadcast_due (state, start_at),
    KEY ix_broadcast_created (created_at, id),
    KEY ix_broadcast_segment (segment_id),
    CONSTRAINT ck_broadcast_state CHECK (state BETWEEN 1 AND 7),
    CONSTRAINT ck_broadcast_purpose CHECK (purpose IN (1, 2)),
    CONSTRAINT ck_broadcast_share CHECK (holdout_bp BETWEEN 0 AND 9000
        AND test_bp BETWEEN 0 AND 9000)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- content: by language, as core/content.h reads it.
CREATE TABLE broadcast_variant (
    broadcast_id BIGINT NOT NULL,
    no TINYINT NOT NULL,
    weight SMALLINT NOT NULL DEFAULT 1,
    template_id BIGINT NULL COMMENT 'it was taken from',
    content MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (broadcast_id, no),
    CONSTRAINT fk_broadcast_variant FOREIGN KEY (broadcast_id) REFERENCES broadcast (id),
    CONSTRAINT ck_broadcast_variant CHECK (JSON_VALID(content))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row for each person of the audience, with its end. variant NULL: the winner, once
-- there is one.
CREATE TABLE broadcast_recipient (
    broadcast_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    state TINYINT NOT NULL,
    why TINYINT NOT NULL DEFAULT 0,
    variant TINYINT NULL,
    attempts TINYINT NOT NULL DEFAULT 0,
    due DATETIME(6) NOT NULL,
    job BINARY(16) NULL COMMENT 'the chunk that has it in hand',
    message_id BIGINT NULL,
    external_id BIGINT NULL,
    discount_id BIGINT NULL,
    ended_at DATETIME(6) NULL,
    PRIMARY KEY (broadcast_id, customer_id),
    KEY ix_broadcast_recipient_due (broadcast_id, state, due, customer_id),
    KEY ix_broadcast_recipient_customer (customer_id, broadcast_id),
    CONSTRAINT ck_broadcast_recipient_state CHECK (state BETWEEN 1 AND 8)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How many rows of each kind there are, kept beside every change of them.
CREATE TABLE broadcast_count (
    broadcast_id BIGINT NOT NULL,
    variant TINYINT NOT NULL COMMENT '0: none yet',
    state TINYINT NOT NULL,
    why TINYINT NOT NULL,
    n BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (broadcast_id, variant, state, why)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a broadcast is stopped by: how many ended in the hundred that is running, and of
-- them how many were refused; and how fast it goes: how many had ended at two moments.
CREATE TABLE broadcast_watch (
    broadcast_id BIGINT NOT NULL PRIMARY KEY,
    ended BIGINT NOT NULL DEFAULT 0,
    hundred SMALLINT NOT NULL DEFAULT 0,
    refused SMALLINT NOT NULL DEFAULT 0,
    before_at DATETIME(6) NULL,
    before_n BIGINT NOT NULL DEFAULT 0,
    mark_at DATETIME(6) NULL,
    mark_n BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT fk_broadcast_watch FOREIGN KEY (broadcast_id) REFERENCES broadcast (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE broadcast_link (
    broadcast_id BIGINT NOT NULL,
    no SMALLINT NOT NULL,
    target VARCHAR(2000) NOT NULL,
    PRIMARY KEY (broadcast_id, no),
    CONSTRAINT fk_broadcast_link FOREIGN KEY (broadcast_id) REFERENCES broadcast (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- link 0: a button of the bot itself; -1: the one by which they wanted no more.
CREATE TABLE broadcast_click (
    broadcast_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    link SMALLINT NOT NULL,
    n INT NOT NULL DEFAULT 1,
    first_at DATETIME(6) NOT NULL,
    last_at DATETIME(6) NOT NULL,
    PRIMARY KEY (broadcast_id, customer_id, link),
    KEY ix_broadcast_click_customer (customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
