-- Which messages show which code to its holder, and when an alarm was last raised.

-- A picture is good while its code is the discount's: a renewed one leaves the rest behind.
CREATE TABLE discount_shown (
    message_id BIGINT NOT NULL PRIMARY KEY,
    discount_id BIGINT NOT NULL,
    code CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    asked VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''
        COMMENT 'the press that asked for it',
    at DATETIME(6) NOT NULL,
    KEY ix_discount_shown (discount_id, at),
    CONSTRAINT fk_discount_shown_message FOREIGN KEY (message_id)
        REFERENCES message (id) ON DELETE CASCADE,
    CONSTRAINT fk_discount_shown_discount FOREIGN KEY (discount_id)
        REFERENCES discount (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE alarm (
    name VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    told_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
