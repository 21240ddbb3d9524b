"""One request each: ways in and out (signin), the people and their list (people)."""
