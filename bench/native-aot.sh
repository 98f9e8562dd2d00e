#!/bin/sh
# native-aot.sh APP.dll OUT: publishes one benchmark program with Native AOT, through the installed .NET SDK.
# The program is compiled again from bench/programs, since an SDK publishes projects, not assemblies.
set -eu
dll=$1
out=$2
name=$(basename "$dll" .dll)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/$name.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net9.0</TargetFramework>
    <Nullable>enable</Nullable>
    <LangVersion>12</LangVersion>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
  <ItemGroup>
    <Compile Include="$here/programs/$name.cs" />
  </ItemGroup>
</Project>
PROJECT
dotnet publish "$work/$name.csproj" --nologo -v quiet -c Release -r linux-x64 -p:PublishAot=true -o "$work/out"
cp "$work/out/$name" "$out"
