package io.flotilla.cli.show;

import io.flotilla.cli.shell.KeyText;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeId;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A range as a person names it: by its id (digits only), or by any key in it.
sealed interface RangeChoice {
  RangeStatus find(Fleet fleet);

  /// The key it was named by, if it was.
  Optional<Key> key();

  /// By id.
  record ById(RangeId id) implements RangeChoice {
    @Override
    public RangeStatus find(Fleet fleet) {
      return fleet.range(id);
    }

    @Override
    public Optional<Key> key() {
      return Optional.empty();
    }
  }

  /// By a key in it.
  record ByKey(Key member) implements RangeChoice {
    @Override
    public RangeStatus find(Fleet fleet) {
      return fleet.rangeOf(member);
    }

    @Override
    public Optional<Key> key() {
      return Optional.of(member);
    }
  }

  /// For picocli.
  final class Converter implements ITypeConverter<RangeChoice> {
    @Override
    public RangeChoice convert(String value) {
      if (!value.matches("[0-9]{1,18}")) {
        return new ByKey(new KeyText.Converter().convert(value));
      }
      long id = Long.parseLong(value);
      if (id < 1) {
        throw new TypeConversionException("range ids start at 1, got " + value);
      }
      return new ById(new RangeId(id));
    }
  }
}
