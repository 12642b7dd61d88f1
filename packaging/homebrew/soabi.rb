# The formula for Homebrew. @URL@ and @SHA256@ are those of the source distribution of a release;
# `python3 packaging/release.py URL FILE` writes them.
class Soabi < Formula
  desc "Proof that a Python extension module works in the Pythons it claims"
  homepage "@HOMEPAGE@"
  url "@URL@"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args(path: "crates/soabi")
    generate_completions_from_executable(bin/"soabi", "completions", shells: [:bash, :zsh, :fish])
    system bin/"soabi", "man", man1
  end

  test do
    (testpath/"spam.abi3.so").write "not a native file"
    output = shell_output("#{bin}/soabi audit --format names spam.abi3.so 2>&1", 2)
    assert_match "spam.abi3.so", output
    assert_match version.to_s, shell_output("#{bin}/soabi --version")
  end
end
