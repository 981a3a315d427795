using System.Security.Cryptography;
using System.Text;

using Orchestrator.Actors.Identity;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Hosting;

/// <summary>What proves that somebody may read the data folder of this lighthouse: a secret in a file of mode 0600, new at each start.</summary>
internal sealed class OperatorToken
{
    private readonly string _secret = Secret.NewToken();

    /// <summary>The file.</summary>
    public static string FileIn(LighthouseSettings settings) => Path.Combine(settings.Data, "operator.token");

    /// <summary>Writes the file.</summary>
    public Task WriteAsync(LighthouseSettings settings, CancellationToken cancellationToken) => PrivateFile.WriteAsync(FileIn(settings), _secret + "\n", cancellationToken);

    /// <summary>Whether this is it; takes as long whatever is given.</summary>
    public bool Is(string? given)
        => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given ?? string.Empty)), SHA256.HashData(Encoding.UTF8.GetBytes(_secret)));
}
