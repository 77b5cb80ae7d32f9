DROP TABLE redemption_attempt;
DROP TABLE redemption;
DROP TABLE discount;
DROP TABLE consent;
DROP TABLE consent_text;
DROP TABLE customer;
