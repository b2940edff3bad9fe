package io.flotilla.engine.node;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.sim.SimLayout;
import java.util.List;

/// State keys as the engine makes them.
final class EngineLayout implements SimLayout {
  @Override
  public List<KeySpan> intervals(RangeDescriptor descriptor) {
    return StateLayout.intervalsOf(descriptor);
  }

  @Override
  public Key stateKey(Key userKey) {
    return Key.of(StateLayout.versionPrefix(userKey.bytes()));
  }

  @Override
  public Key userKey(Key stateKey) {
    return Key.of(StateLayout.userKeyOf(stateKey.bytes()));
  }
}
