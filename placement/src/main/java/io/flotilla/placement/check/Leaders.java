package io.flotilla.placement.check;

/// The ranges that a store leads, as decisions see them.
///
/// @param count with those that operators under way bring, and without those they take away
/// @param moving how many of these operators there are
/// @param settled it has been well for long enough to be given more
public record Leaders(int count, int moving, boolean settled) {
  public static final Leaders NONE = new Leaders(0, 0, true);

  Leaders moved(int change) {
    return new Leaders(count + change, moving + 1, settled);
  }
}
