ALTER TABLE redemption
    DROP KEY ix_redemption_stat_void,
    ADD KEY ix_redemption_stat_void (voided_at, id);
DROP TABLE discount_turn;
DROP TABLE discount_tallied;
DROP TABLE discount_tally;
