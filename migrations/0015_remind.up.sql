-- Words before a discount runs out, and to who left the channel: each once.

-- reminder_id: the message, so that it can be called off while it waits.
ALTER TABLE discount
    ADD COLUMN reminded_at DATETIME(6) NULL,
    ADD COLUMN reminder_id BIGINT NULL,
    ADD KEY ix_discount_remind (status, reminded_at, valid_until);

-- When they last heard that their discount waits for them to come back.
ALTER TABLE customer ADD COLUMN left_told_at DATETIME(6) NULL;
