DROP TABLE audit_seal;
DROP TABLE audit_key;
DROP TABLE audit;
DROP TABLE shift;
DROP TABLE invite;
DROP TABLE staff_store;
DROP TABLE staff;
DROP TABLE store;
