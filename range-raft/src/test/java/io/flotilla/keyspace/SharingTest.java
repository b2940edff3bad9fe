package io.flotilla.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SharingTest {
  @Test
  void equalKeysAreSharedAndOthersStayAsTheyAre() {
    RangeDescriptor descriptor =
        new RangeDescriptor(
            new RangeId(2),
            new KeySpan(key("a"), key("m")),
            3,
            List.of(new ReplicaDescriptor(new PeerId(4), StoreId.of(1), ReplicaKind.VOTER)));
    Key a = key("a");
    RangeDescriptor shared = descriptor.sharing(a, key("z"));
    assertEquals(descriptor, shared);
    assertSame(a, shared.span().start());
    assertSame(descriptor.span().end(), shared.span().end());
  }

  @Test
  void storesOfSmallFleetsAreShared() {
    assertSame(StoreId.of(1), StoreId.of(1));
    assertSame(StoreId.of(64), StoreId.of(64));
    assertEquals(new StoreId(64), StoreId.of(64));
    assertEquals(new StoreId(65), StoreId.of(65));
    assertThrows(IllegalArgumentException.class, () -> StoreId.of(0));
  }

  @Test
  void replicasAreValues() {
    ReplicaDescriptor one = new ReplicaDescriptor(new PeerId(4), StoreId.of(1), ReplicaKind.VOTER);
    ReplicaDescriptor same =
        new ReplicaDescriptor(new PeerId(4), new StoreId(1), ReplicaKind.VOTER);
    assertEquals(one, same);
    assertEquals(one.hashCode(), same.hashCode());
    assertEquals("4@1", one.toString());
    assertNotEquals(one, one.withKind(ReplicaKind.LEARNER));
    assertNotEquals(one, new ReplicaDescriptor(new PeerId(5), StoreId.of(1), ReplicaKind.VOTER));
    assertNotEquals(one, new ReplicaDescriptor(new PeerId(4), StoreId.of(2), ReplicaKind.VOTER));
  }

  private static Key key(String text) {
    return Key.of(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
