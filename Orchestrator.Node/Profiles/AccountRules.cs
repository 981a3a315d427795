using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Node.Profiles;

/// <summary>Which agents share the limits of one account.</summary>
/// <param name="Name">A name that says so; null to tell by the variables.</param>
/// <param name="Variables">The variables of the program's environment that hold endpoint and credential: agents with the same values share one account.</param>
/// <param name="SignIn">The variables that say where its sign-in lies, which count where none of those is set.</param>
public sealed record AccountRules(string? Name, ImmutableArray<string> Variables, ImmutableArray<string> SignIn)
{
    /// <summary>The account of a program; null if it has none. Values are never stored, only what follows from all of them together.</summary>
    /// <param name="profile">The name of its profile.</param>
    /// <param name="environment">Its whole environment.</param>
    public string? Of(string profile, IReadOnlyDictionary<string, string> environment)
    {
        if (Name is not null)
        {
            return Name;
        }

        var set = Variables.Where(environment.ContainsKey).ToList();
        set = set.Count > 0 ? set : [.. SignIn.Where(environment.ContainsKey)];
        if (set.Count == 0)
        {
            return null;
        }

        // Slow on purpose: what can be guessed, such as a short key, must not be found by trying.
        const int Rounds = 20_000;
        const int Bytes = 6;
        var text = string.Join('\0', set.Select(name => $"{name}={environment[name]}"));
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(text), "orchestrator account"u8, Rounds, HashAlgorithmName.SHA256, Bytes);
        return $"{profile}-{Convert.ToHexStringLower(hash)}";
    }
}
