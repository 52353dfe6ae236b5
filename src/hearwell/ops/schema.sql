-- Run in the database of Hearwell, by its administrator; safe to run again.
ALTER SCHEMA public OWNER TO hearwell_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO hearwell_app, hearwell_worker;
-- CREATE is what PostgreSQL asks of the new owner of a function.
GRANT USAGE, CREATE ON SCHEMA public TO hearwell_definer;
ALTER DEFAULT PRIVILEGES FOR ROLE hearwell_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO hearwell_app, hearwell_definer;
-- Backups are read through the definer, which sees the rows of every workspace.
ALTER DEFAULT PRIVILEGES FOR ROLE hearwell_owner IN SCHEMA public
  GRANT SELECT ON TABLES TO hearwell_definer;
