package io.flotilla.cli;

/// Where the launcher enters.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      System.out.println("flotilla " + version());
      return;
    }
    System.err.println("flotilla: no command yet but --version");
    System.exit(2);
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
