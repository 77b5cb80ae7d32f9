ALTER TABLE idempotency
    DROP KEY ix_idempotency_customer,
    DROP COLUMN customer_id;
