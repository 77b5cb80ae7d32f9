-- Whom a kept answer speaks of: it goes with them.
ALTER TABLE idempotency
    ADD COLUMN customer_id BIGINT NULL,
    ADD KEY ix_idempotency_customer (customer_id);
