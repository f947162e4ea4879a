fail("no servers today")
