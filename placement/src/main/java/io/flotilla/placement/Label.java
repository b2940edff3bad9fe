package io.flotilla.placement;

/// A store's property that policies may speak of, such as `zone=a`.
public record Label(String name, String value) {
  @Override
  public String toString() {
    return name + "=" + value;
  }
}
