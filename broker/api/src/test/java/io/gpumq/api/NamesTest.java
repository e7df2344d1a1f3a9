package io.gpumq.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "Z", "0", ".", "-", "_", "orders.eu-west_1", "..", "------"})
  void takesLegalNames(String name) {
    assertEquals(name, Names.require("queue name", name));
  }

  @Test
  void takes64CharactersAndNoMore() {
    String longest = "x".repeat(64);
    assertEquals(longest, Names.require("queue name", longest));
    assertThrows(ConfigException.class, () -> Names.require("queue name", longest + "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a/b", "a:b", "ä", "a\n", "{a}", "*", "\u0000"})
  void refusesIllegalOnesByName(String name) {
    ConfigException refusal =
        assertThrows(ConfigException.class, () -> Names.require("group name", name));
    assertEquals(
        "group name '" + name + "': must be 1 to 64 characters of A-Z a-z 0-9 . _ -",
        refusal.getMessage());
  }

  @Test
  void refusesNull() {
    NullPointerException refusal =
        assertThrows(NullPointerException.class, () -> Names.require("consumer name", null));
    assertEquals("consumer name", refusal.getMessage());
  }
}
