"""A comparison as one page: verdict, pictures and tables in a file that needs no network."""
