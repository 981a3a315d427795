using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Hocon.Configuration;

/// <summary>The keys of a resolved document, flattened: <c>a:b:c</c>, items of arrays as <c>a:0</c>.</summary>
internal sealed class HoconConfigurationProvider(Func<HoconDocument> document) : ConfigurationProvider
{
    public override void Load()
    {
        var origins = new Dictionary<string, HoconOrigin>(StringComparer.OrdinalIgnoreCase);
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Flatten(document().Resolve(), "");
        Data = data;

        void Flatten(HoconValue value, string at)
        {
            switch (value)
            {
                case HoconObject { Count: > 0 } o:
                    foreach (var (key, inner) in o)
                    {
                        Flatten(inner, Key(at, key));
                    }

                    break;
                case HoconArray { Count: > 0 } array:
                    for (var i = 0; i < array.Count; i++)
                    {
                        Flatten(array[i], Key(at, i.ToString(CultureInfo.InvariantCulture)));
                    }

                    break;
                case var leaf when at.Length > 0:
                    Set(at, leaf);
                    break;
            }
        }

        void Set(string key, HoconValue leaf)
        {
            if (!origins.TryAdd(key, leaf.Origin))
            {
                throw new HoconException(leaf.Origin, $"{key} is set here and, with other capitals or as a path, at {origins[key]}; this configuration does not tell them apart: remove one");
            }

            data[key] = leaf switch
            {
                HoconScalar { Kind: not HoconKind.Null } scalar => scalar.Text,
                HoconArray => "",
                _ => null,
            };
        }
    }

    private static string Key(string at, string key) => at.Length == 0 ? key : ConfigurationPath.Combine(at, key);
}
