DROP TABLE login_guard;
DROP TABLE login_token;
DROP TABLE admin_session;
DROP TABLE admin_account;
